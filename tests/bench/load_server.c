#include "load_server.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replica/replica.h"
#include "text.h"

#define ANSWER_MEMORY ((size_t)64 << 20)

static bool say(const char *what, const char *why)
{
    fprintf(stderr, "load: %s: %s\n", what, why);
    return false;
}

/* --- where ---------------------------------------------------------------------------------------
 */

static void take_fact(void *arg, const struct replica_fact *fact)
{
    struct load_server *server = arg;

    if (fact->data == NULL)
        return;
    if (strcmp(fact->key, "host") == 0)
        text_copy(server->host, sizeof(server->host), (const char *)fact->data);
    else if (strcmp(fact->key, "port") == 0)
        text_copy(server->port, sizeof(server->port), (const char *)fact->data);
    else if (strcmp(fact->key, "region") == 0)
        text_copy(server->region, sizeof(server->region), (const char *)fact->data);
    else if (strcmp(fact->key, "fingerprint") == 0 && fact->size == sizeof(server->fingerprint))
        memcpy(server->fingerprint, fact->data, fact->size);
}

static void read_home(struct load_server *server, const char *home)
{
    struct replica_why why;
    struct replica *replica;

    snprintf(server->key, sizeof(server->key), "%s/key.pem", home);
    snprintf(server->certificate, sizeof(server->certificate), "%s/cert.pem", home);
    replica = replica_open(home, false, &why);
    if (replica != NULL)
        replica_facts(replica, take_fact, server);
    replica_free(&replica);
}

static bool read_address(struct load_server *server, const char *address)
{
    const char *colon = strrchr(address, ':');
    size_t size = colon == NULL ? 0 : (size_t)(colon - address);

    if (size == 0 || size >= sizeof(server->host) ||
        !text_copy(server->port, sizeof(server->port), colon + 1))
        return say(address, "not HOST:PORT");
    memcpy(server->host, address, size);
    server->host[size] = '\0';
    return true;
}

static bool read_fingerprint(struct load_server *server, const char *text)
{
    for (size_t i = 0; i < sizeof(server->fingerprint); i++) {
        unsigned byte;

        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return say(text, "not a fingerprint");
        server->fingerprint[i] = (uint8_t)byte;
    }
    return true;
}

static bool read_options(struct load_server *server, const struct load_options *options)
{
    if (options->address != NULL && !read_address(server, options->address))
        return false;
    if (options->region != NULL)
        text_copy(server->region, sizeof(server->region), options->region);
    if (options->key != NULL)
        text_copy(server->key, sizeof(server->key), options->key);
    if (options->certificate != NULL)
        text_copy(server->certificate, sizeof(server->certificate), options->certificate);
    return options->fingerprint == NULL ||
           (strlen(options->fingerprint) == 64 && read_fingerprint(server, options->fingerprint));
}

static bool resolve(struct load_server *server)
{
    const struct addrinfo hints = {
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;

    if (getaddrinfo(server->host, server->port, &hints, &found) != 0)
        return say(server->host, "no numeric address of a server");
    memcpy(&server->address, found->ai_addr, found->ai_addrlen);
    server->address_size = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

/* --- what is asked -------------------------------------------------------------------------------
 */

static bool open_link(struct load_server *server)
{
    struct link_why why;
    const struct link_options options = {.host = server->host,
        .port = server->port,
        .fingerprint = server->fingerprint,
        .key_path = server->key,
        .certificate_path = server->certificate};

    server->link = link_open(&options, &why);
    return server->link != NULL || say("connecting", why.detail);
}

bool load_server_put(struct load_server *server, Concert__Request *request)
{
    request->has_number = true;
    return link_put(server->link, request) || say("sending", "out of memory");
}

Concert__Response *load_server_next(struct load_server *server)
{
    Concert__Response *response;

    arena_free(&server->arena);
    server->arena = arena_new(ANSWER_MEMORY);
    response = server->arena == NULL ? NULL : link_next(server->link, server->arena);
    if (response == NULL) {
        say("receiving", link_why(server->link)->detail);
    } else if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR) {
        const Concert__Error *error = response->error;

        fprintf(stderr, "load: the server answered error %d field=%s rule=%s\n", (int)error->code,
            error->field == NULL ? "" : error->field, error->rule == NULL ? "" : error->rule);
        response = NULL;
    }
    return response;
}

void load_server_leave(struct load_server *server)
{
    link_free(&server->link);
    arena_free(&server->arena);
}

static void take_hello(struct load_server *server, const Concert__HelloAnswer *hello)
{
    server->head = hello->head;
    if (hello->head_hash.len == sizeof(server->head_hash))
        memcpy(server->head_hash, hello->head_hash.data, sizeof(server->head_hash));
    server->editor = hello->role == CONCERT__ACCOUNT__ROLE__EDITOR;
    server->n_parties = 0;
    for (size_t i = 0; i < hello->n_parties && i < LOAD_SERVER_PARTIES; i++)
        if (hello->parties[i].len == UUID_SIZE)
            memcpy(server->parties[server->n_parties++], hello->parties[i].data, UUID_SIZE);
}

bool load_server_greet(struct load_server *server)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Hello hello = CONCERT__HELLO__INIT;
    Concert__Response *response;

    if (server->link == NULL && !open_link(server))
        return false;
    hello.has_version = true;
    hello.version = 1;
    hello.client = (char *)"load";
    hello.region = server->region;
    request.verb_case = CONCERT__REQUEST__VERB_HELLO;
    request.hello = &hello;
    response = load_server_put(server, &request) ? load_server_next(server) : NULL;
    if (response == NULL || response->answer_case != CONCERT__RESPONSE__ANSWER_HELLO)
        return false;
    take_hello(server, response->hello);
    return true;
}

static bool join(struct load_server *server, const char *text)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Join message = CONCERT__JOIN__INIT;
    struct identity_line line;

    if (identity_line_read(text, &line) != IDENTITY_LINE_OK)
        return say(text, "not an invitation");
    text_copy(server->host, sizeof(server->host), line.host);
    text_copy(server->port, sizeof(server->port), line.port);
    text_copy(server->region, sizeof(server->region), line.region);
    memcpy(server->fingerprint, line.fingerprint, sizeof(line.fingerprint));
    if (access(server->key, F_OK) != 0 && !identity_make("load", server->key, server->certificate))
        return say(server->key, "cannot be made");
    if (!open_link(server))
        return false;
    message.region = line.region;
    message.code = line.code;
    message.device_name = (char *)"load";
    request.verb_case = CONCERT__REQUEST__VERB_JOIN;
    request.join = &message;
    return load_server_put(server, &request) && load_server_next(server) != NULL;
}

bool load_server_find(
    struct load_server *server_r, const struct load_options *options, bool stranger)
{
    *server_r = (struct load_server){0};
    if (options->home != NULL) {
        mkdir(options->home, 0700);
        read_home(server_r, options->home);
    }
    if (!read_options(server_r, options))
        return false;
    if (stranger)
        return resolve(server_r);
    if (options->invitation != NULL && !join(server_r, options->invitation))
        return false;
    return resolve(server_r) && load_server_greet(server_r);
}

void load_server_close(struct load_server *server)
{
    load_server_leave(server);
}
