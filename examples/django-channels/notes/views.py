import json

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST


@login_required
def page(request):
    return render(request, "page.html")


@login_required
@require_POST
def send(request):
    to = get_object_or_404(User, username=request.POST["to"])
    note = {"sender": request.user.username, "text": request.POST["text"]}
    layer = get_channel_layer()
    async_to_sync(layer.group_send)(
        f"user.{to.pk}", {"type": "note", "data": json.dumps(note)}
    )
    return redirect("/")
