import asyncio

from aiosseclient import aiosseclient

from printing import print_event, print_line
from retrying import Retrying


def subscribe(url, is_bare):
    async def read(retrying):
        # The library hides the answer, so it can say nothing of when the stream opens.
        print_line("open")
        async for event in aiosseclient(url, last_id=retrying.last_event_id or None):
            # The library makes a bool of the server's retry.
            retrying.heard(event.id, None)
            print_event(event.event, event.id, event.data)

    Retrying().run(lambda retrying: asyncio.run(read(retrying)), is_bare)
