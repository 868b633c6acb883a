import asyncio
from datetime import datetime

from channels.layers import get_channel_layer
from django.http import HttpResponse, StreamingHttpResponse


def stream(events):
    return StreamingHttpResponse(
        events,
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def clock(request):
    async def events():
        while True:
            now = datetime.now().strftime("%Y-%m-%d %H:%M:%S")
            yield f"data: The current time is {now}\n\n"
            await asyncio.sleep(1)

    return stream(events())


async def inbox(request, pk):
    user = await request.auser()
    if not user.is_authenticated:
        return HttpResponse(status=401)
    if user.pk != pk:
        return HttpResponse(status=403)

    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(f"user.{pk}", channel)

    async def events():
        try:
            yield "retry: 2000\n\n"
            while True:
                message = await layer.receive(channel)
                yield f"data: {message['data']}\n\n"
        finally:
            await layer.group_discard(f"user.{pk}", channel)

    return stream(events())
