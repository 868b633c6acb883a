import json
import time

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from .publishing import publish


@login_required
def page(request):
    return render(request, "page.html")


@login_required
@require_POST
def send(request):
    to = get_object_or_404(User, username=request.POST["to"])
    note = {"sender": request.user.username, "text": request.POST["text"]}
    publish(f"user.{to.pk}", json.dumps(note))
    return redirect("/")


def chime_auth(request):
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return JsonResponse({
        "subject": str(request.user.pk),
        "subscribe": [f"user.{request.user.pk}"],
        "expires": time.time() + 300,
    })
