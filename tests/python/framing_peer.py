"""The other side of the framing tests: framings written anew with struct and asyncio.

usage: framing_peer.py FRAMING...

Prints the port that it listens on and takes one connection for each framing, in
order: reads messages until the end of the stream, then sends every one of them
back with its bytes in reverse order.
"""

import asyncio
import re
import struct
import sys

FORMATS = {
    "u8": "B", "i8": "b",
    "u16-le": "<H", "u16-be": ">H", "i16-le": "<h", "i16-be": ">h",
    "u32-le": "<I", "u32-be": ">I", "i32-le": "<i", "i32-be": ">i",
    "u64-le": "<Q", "u64-be": ">Q", "i64-le": "<q", "i64-be": ">q",
}



def taken_apart(framing):
    """The framing within, the start mark, how many bytes behind it, the end mark."""
    within, start, trailer, end = re.fullmatch(
        r"(.*?)(?:-start-([0-9a-f]+))?(?:-trailer-(\d+))?(?:-end-([0-9a-f]+))?", framing
    ).groups()
    return within, bytes.fromhex(start or ""), int(trailer or 0), bytes.fromhex(end or "")


async def digits_until(reader, separator):
    """A decimal length that ends at a separator."""
    field = await reader.readuntil(separator)
    return int(field[:-1])


async def read_message(reader, framing):
    """The next message; raises IncompleteReadError at the end of the stream."""
    within, start, trailer, end = taken_apart(framing)
    if within != framing:
        assert await reader.readexactly(len(start)) == start
        message = await read_message(reader, within)
        await reader.readexactly(trailer)
        assert await reader.readexactly(len(end)) == end
        return message
    if framing in ("u24-le", "u24-be"):
        order = "little" if framing == "u24-le" else "big"
        return await reader.readexactly(int.from_bytes(await reader.readexactly(3), order))
    if framing == "i32-be-offset-1-counts-4":
        _, length = struct.unpack(">ci", await reader.readexactly(5))
        return await reader.readexactly(length - 4)
    if framing == "u32-be-offset-3":
        _, length = struct.unpack(">3sI", await reader.readexactly(7))
        return await reader.readexactly(length)
    if framing == "u8-counts-2":
        (length,) = await reader.readexactly(1)
        return await reader.readexactly(length - 2)
    if framing == "delimiter-1c0d":
        return (await reader.readuntil(b"\x1c\r")).removesuffix(b"\x1c\r")
    if framing in FORMATS:
        layout = struct.Struct(FORMATS[framing])
        (length,) = layout.unpack(await reader.readexactly(layout.size))
        return await reader.readexactly(length)
    if framing == "u16-be-counts-header":
        (length,) = struct.unpack(">H", await reader.readexactly(2))
        return await reader.readexactly(length - 2)
    if framing == "u32-be-offset-2-gap-1-counts-header":
        _, length, _ = struct.unpack(">2sIc", await reader.readexactly(7))
        return await reader.readexactly(length - 7)
    if framing.startswith("fixed-"):
        return await reader.readexactly(int(framing.removeprefix("fixed-")))
    if framing.startswith("digits-"):
        width = int(framing.removeprefix("digits-"))
        return await reader.readexactly(int(await reader.readexactly(width)))
    if framing == "octet-counting":
        return await reader.readexactly(await digits_until(reader, b" "))
    if framing == "netstring":
        framed = await reader.readexactly(await digits_until(reader, b":") + 1)
        assert framed[-1:] == b",", framed
        return framed[:-1]
    if framing == "varint":
        length, shift = 0, 0
        while True:
            (byte,) = await reader.readexactly(1)
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return await reader.readexactly(length)
    if framing in ("line", "crlf"):
        delimiter = b"\n" if framing == "line" else b"\r\n"
        return (await reader.readuntil(delimiter)).removesuffix(delimiter)
    if framing == "line-escaped":
        message = bytearray()
        while (byte := await reader.readexactly(1)) != b"\n":
            message += await reader.readexactly(1) if byte == b"\\" else byte
        return bytes(message)
    raise ValueError(f"no such framing here: {framing}")


def frame(message, framing):
    """One message as a frame."""
    length = len(message)
    within, start, trailer, end = taken_apart(framing)
    if within != framing:
        return start + frame(message, within) + b"\xaa" * trailer + end
    if framing in ("u24-le", "u24-be"):
        return length.to_bytes(3, "little" if framing == "u24-le" else "big") + message
    if framing == "i32-be-offset-1-counts-4":
        return struct.pack(">ci", b"Q", length + 4) + message
    if framing == "u32-be-offset-3":
        return struct.pack(">3sI", b"abc", length) + message
    if framing == "u8-counts-2":
        return bytes([length + 2]) + message
    if framing == "delimiter-1c0d":
        return message + b"\x1c\r"
    if framing in FORMATS:
        return struct.pack(FORMATS[framing], length) + message
    if framing == "u16-be-counts-header":
        return struct.pack(">H", length + 2) + message
    if framing == "u32-be-offset-2-gap-1-counts-header":
        return struct.pack(">2sIc", b"ab", length + 7, b"c") + message
    if framing.startswith("fixed-"):
        return message
    if framing.startswith("digits-"):
        width = int(framing.removeprefix("digits-"))
        return str(length).zfill(width).encode() + message
    if framing == "octet-counting":
        return b"%d %b" % (length, message)
    if framing == "netstring":
        return b"%d:%b," % (length, message)
    if framing == "varint":
        header = bytearray()
        while length >= 0x80:
            header.append(length & 0x7F | 0x80)
            length >>= 7
        header.append(length)
        return bytes(header) + message
    if framing in ("line", "crlf"):
        return message + (b"\n" if framing == "line" else b"\r\n")
    if framing == "line-escaped":
        return message.replace(b"\\", b"\\\\").replace(b"\n", b"\\\n") + b"\n"
    raise ValueError(f"no such framing here: {framing}")


async def answer(reader, writer, framing):
    """One connection: all messages in, all messages out."""
    messages = []
    while True:
        try:
            messages.append(await read_message(reader, framing))
        except asyncio.IncompleteReadError as end:
            assert end.partial == b"", end.partial
            break
    for message in messages:
        writer.write(frame(message[::-1], framing))
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def main():
    connections = asyncio.Queue()

    async def accept(reader, writer):
        await connections.put((reader, writer))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    for framing in sys.argv[1:]:
        reader, writer = await connections.get()
        await answer(reader, writer, framing)


asyncio.run(main())
