"""zstd through its library (Debian's libzstd1): what Packed holds, packed and unpacked."""

import ctypes

from messages import protocol

lib = ctypes.CDLL("libzstd.so.1")
lib.ZSTD_createDStream.restype = ctypes.c_void_p
for name in ("ZSTD_decompressStream", "ZSTD_compress", "ZSTD_compressBound"):
    getattr(lib, name).restype = ctypes.c_size_t
lib.ZSTD_freeDStream.argtypes = [ctypes.c_void_p]
lib.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
lib.ZSTD_isError.argtypes = [ctypes.c_size_t]


class Buffer(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_size_t), ("at", ctypes.c_size_t)]


class Room(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t), ("at", ctypes.c_size_t)]


lib.ZSTD_decompressStream.argtypes = [
    ctypes.c_void_p, ctypes.POINTER(Room), ctypes.POINTER(Buffer)]
lib.ZSTD_compress.argtypes = [
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]


def pack(data, level=3):
    """The bytes, as a stream of their own."""
    room = ctypes.create_string_buffer(lib.ZSTD_compressBound(len(data)))
    size = lib.ZSTD_compress(room, len(room), data, len(data), level)
    assert not lib.ZSTD_isError(size)
    return room.raw[:size]


def packed(request, **changed):
    """A Packed of a Request; `changed`: fields to lie about."""
    data = request.SerializeToString()
    fields = {"packing": protocol.ZSTD, "size": len(data), "bytes": pack(data), "begins": True}
    return protocol.Packed(**fields | changed)


class Stream:
    """The answers to one request."""

    def __init__(self):
        self.context = None

    def begin(self):
        self.end()
        self.context = lib.ZSTD_createDStream()

    def end(self):
        if self.context:
            lib.ZSTD_freeDStream(self.context)
        self.context = None

    def open(self, message):
        """The Response that a Packed holds."""
        assert message.packing == protocol.ZSTD and 0 < message.size <= 1 << 20
        if message.begins:
            self.begin()
        assert self.context, "a stream that did not begin"
        whole = ctypes.create_string_buffer(message.size + 1)
        room = Room(ctypes.addressof(whole), len(whole), 0)
        given = Buffer(message.bytes, len(message.bytes), 0)
        while given.at < given.size:
            before = given.at
            left = lib.ZSTD_decompressStream(
                self.context, ctypes.byref(room), ctypes.byref(given))
            assert not lib.ZSTD_isError(left)
            assert given.at > before
        assert room.at == message.size
        return protocol.Response.FromString(whole.raw[:message.size])
