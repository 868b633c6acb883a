"""The stack that Chime replaces: an async Django view, Server-Sent Events from an async generator for each client.

Published messages go through Channels' layer in memory, the only one that needs no server of its own. Settings are what
Django's deployment checklist asks for where there is no database, no session and no page: no debugging, no middleware.

Run by Daphne as `daphne_django:application`.
"""

import asyncio
import time

from channels.layers import get_channel_layer
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    CHANNEL_LAYERS={
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    },
    DEBUG=False,
    ROOT_URLCONF=__name__,
    # Nothing is signed here; Django does not start without one.
    SECRET_KEY="bench",
)


def stream(events):
    return StreamingHttpResponse(
        events,
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache"},
    )


async def ticks():
    while True:
        second = int(time.time())
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
        yield f"data: The current time is {now}\nid: {second}000-0\n\n"
        await asyncio.sleep(second + 1 - time.time())


async def messages(group):
    layer = get_channel_layer()
    own = await layer.new_channel()
    await layer.group_add(group, own)
    try:
        # Daphne sends the response's head with the first bytes of its body.
        yield ":\n\n"
        while True:
            message = await layer.receive(own)
            yield f"data: {message['data']}\nid: {message['id']}\n\n"
    finally:
        await layer.group_discard(group, own)


last_ms = 0
count = 0


def next_id():
    """Return an id greater than all before: `<unix ms>-<n>`, like the ids of the clock."""
    global last_ms, count
    now = time.time_ns() // 1_000_000
    count = 0 if now > last_ms else count + 1
    last_ms = max(now, last_ms)
    return f"{last_ms}-{count}"


async def clock(request):
    return stream(ticks())


async def channel(request, group):
    if request.method != "POST":
        return stream(messages(group))
    message = {
        "type": "message",
        "id": next_id(),
        "data": request.body.decode(),
    }
    await get_channel_layer().group_send(group, message)
    return HttpResponse(message["id"], status=201)


urlpatterns = [path("sse/", clock), path("sse/<str:group>", channel)]
application = get_asgi_application()
