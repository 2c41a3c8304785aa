# What is installed, and the two Debian packages: `cmake -DPACKAGE=ON`, build, `cpack`. Manual pages
# and completions come from the programs just built, which tell all that they know.

include(GNUInstallDirs)
find_program(GZIP gzip REQUIRED)
set(MADE ${CMAKE_BINARY_DIR}/package)
file(MAKE_DIRECTORY ${MADE})

set(MADE_CLIENT ${MADE}/client/concert.1 ${MADE}/client/fr/concert.1 ${MADE}/client/concert.bash
  ${MADE}/client/_concert ${MADE}/client/concert.fish)
add_custom_command(OUTPUT ${MADE_CLIENT}
  COMMAND ${CMAKE_SOURCE_DIR}/client/manual/generate $<TARGET_FILE:concert> ${MADE}/client
  DEPENDS concert translations ${CMAKE_SOURCE_DIR}/client/manual/generate)

# made_gz(OUTPUT COMMAND...): what a command prints, packed as Debian wants it.
set(MADE_FILES)
function(made_gz output)
  string(REPLACE ";" " " command "${ARGN}")
  add_custom_command(OUTPUT ${MADE}/${output}
    COMMAND sh -c "${command} | ${GZIP} -9n >${MADE}/${output}"
    DEPENDS concertd translations ${MADE_CLIENT} ${CMAKE_SOURCE_DIR}/server/debian/changelog
    VERBATIM)
  set(MADE_FILES ${MADE_FILES} ${MADE}/${output} PARENT_SCOPE)
endfunction()

set(SPEAK_FRENCH CONCERT_LANG=fr)
set(SPEAK_ENGLISH CONCERT_LANG=en)
made_gz(concertd.8.gz ${SPEAK_ENGLISH} $<TARGET_FILE:concertd> manual concertd)
made_gz(concertd.fr.8.gz ${SPEAK_FRENCH} $<TARGET_FILE:concertd> manual concertd)
made_gz(concertd.conf.5.gz ${SPEAK_ENGLISH} $<TARGET_FILE:concertd> manual concertd.conf)
made_gz(concertd.conf.fr.5.gz ${SPEAK_FRENCH} $<TARGET_FILE:concertd> manual concertd.conf)
made_gz(changelog.Debian.gz cat ${CMAKE_SOURCE_DIR}/server/debian/changelog)
made_gz(concert.1.gz cat ${MADE}/client/concert.1)
made_gz(concert.fr.1.gz cat ${MADE}/client/fr/concert.1)
add_custom_target(manual ALL DEPENDS ${MADE_FILES} ${MADE_CLIENT})

set(LOCALE ${CMAKE_INSTALL_DATADIR}/locale/fr/LC_MESSAGES)
set(MAN ${CMAKE_INSTALL_DATADIR}/man)
set(DOC ${CMAKE_INSTALL_DATADIR}/doc)

install(TARGETS concertd DESTINATION sbin COMPONENT concertd)
install(FILES ${LOCALE_DIR}/fr/LC_MESSAGES/concertd.mo DESTINATION ${LOCALE} COMPONENT concertd)
install(FILES ${MADE}/concertd.8.gz DESTINATION ${MAN}/man8 COMPONENT concertd)
install(FILES ${MADE}/concertd.conf.5.gz DESTINATION ${MAN}/man5 COMPONENT concertd)
install(FILES ${MADE}/concertd.fr.8.gz DESTINATION ${MAN}/fr/man8 RENAME concertd.8.gz
  COMPONENT concertd)
install(FILES ${MADE}/concertd.conf.fr.5.gz DESTINATION ${MAN}/fr/man5 RENAME concertd.conf.5.gz
  COMPONENT concertd)
file(GLOB UNITS server/systemd/*.service server/systemd/*.timer)
install(FILES ${UNITS} DESTINATION lib/systemd/system COMPONENT concertd)

install(TARGETS concert DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT concert)
install(FILES ${LOCALE_DIR}/fr/LC_MESSAGES/concert.mo DESTINATION ${LOCALE} COMPONENT concert)
install(FILES ${MADE}/concert.1.gz DESTINATION ${MAN}/man1 COMPONENT concert)
install(FILES ${MADE}/concert.fr.1.gz DESTINATION ${MAN}/fr/man1 RENAME concert.1.gz
  COMPONENT concert)
install(FILES ${MADE}/client/concert.bash RENAME concert
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT concert)
install(FILES ${MADE}/client/_concert
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT concert)
install(FILES ${MADE}/client/concert.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT concert)
foreach(package concertd concert)
  install(FILES server/debian/copyright ${MADE}/changelog.Debian.gz DESTINATION ${DOC}/${package}
    COMPONENT ${package})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME concert)
set(CPACK_PACKAGE_CONTACT "The Concert project <concert@concert.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL concertd concert)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_CONCERTD_PACKAGE_NAME concertd)
set(CPACK_DEBIAN_CONCERTD_PACKAGE_SECTION net)
set(CPACK_DEBIAN_CONCERTD_PACKAGE_DEPENDS "adduser, postgresql-client-15 | postgresql-client, tzdata")
set(CPACK_DEBIAN_CONCERTD_PACKAGE_SUGGESTS postgresql)
set(CPACK_DEBIAN_CONCERTD_PACKAGE_CONTROL_EXTRA
  ${CMAKE_SOURCE_DIR}/server/debian/postinst ${CMAKE_SOURCE_DIR}/server/debian/prerm
  ${CMAKE_SOURCE_DIR}/server/debian/postrm)
set(CPACK_COMPONENT_CONCERTD_DESCRIPTION
"shared action plan of a region, server
Concert keeps the action plan of a regional consortium and of the committees
of its territories: one ordered log, in PostgreSQL, with a door. This is the
server; the offices use the package concert.")
set(CPACK_DEBIAN_CONCERT_PACKAGE_NAME concert)
set(CPACK_DEBIAN_CONCERT_PACKAGE_SECTION net)
set(CPACK_COMPONENT_CONCERT_DESCRIPTION
"shared action plan of a region, client
Concert keeps the action plan of a regional consortium and of the committees
of its territories. With this program an office reads the whole plan and
changes its own part of it, also while the link to the server is down.")
include(CPack)
