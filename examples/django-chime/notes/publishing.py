import json
import os
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

CHIME = "http://127.0.0.1:8000/sse/"


def publish(channel, data):
    headers = {"Authorization": f"Bearer {os.environ['CHIME_TOKEN']}"}
    request = Request(CHIME + channel, data.encode(), headers)
    for attempt in range(1, 6):
        try:
            with urlopen(request, timeout=10) as answer:
                return json.load(answer)["id"]
        except HTTPError as error:
            if error.code != 503 or attempt == 5:
                raise RuntimeError(error.read().decode()) from error
        time.sleep(3)


if __name__ == "__main__":
    publish("news", "Hello")
