import asyncio

from aiohttp import ClientSession, ClientTimeout
from aiohttp_sse_client2.client import EventSource

from printing import print_error, print_event, print_line

RETRY_S = 3
# Longer than any line that the tests publish, in bytes. Without it, a line of 128 KiB ends the stream.
READ_BUFFER_BYTES = 1 << 20


def subscribe(url, is_bare):
    asyncio.run(read_bare(url) if is_bare else read_mended(url))


async def read_bare(url):
    try:
        async with EventSource(url) as source:
            print_line("open")
            async for event in source:
                print_event(event.type, event.last_event_id, event.data)
    except Exception as error:
        print_error(error)


async def read_mended(url):
    headers = {}
    while True:
        try:
            # Without a timeout of one's own, aiohttp ends each answer after five minutes.
            async with ClientSession(
                timeout=ClientTimeout(total=None), read_bufsize=READ_BUFFER_BYTES
            ) as session:
                async with EventSource(url, session=session, headers=headers) as source:
                    print_line("open")
                    async for event in source:
                        if event.last_event_id:
                            headers["Last-Event-ID"] = event.last_event_id
                        print_event(event.type, event.last_event_id, event.data)
                    return
        except ConnectionAbortedError as error:
            # The answer was no stream, such as a 204.
            print_error(error)
            return
        except Exception as error:
            # The library connects again after a clean end only.
            print_error(error)
            await asyncio.sleep(RETRY_S)
