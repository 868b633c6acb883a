import httpx
from httpx_sse import connect_sse

from printing import print_event, print_line
from retrying import Retrying


def subscribe(url, is_bare):
    # Without it, httpx gives up after 5 s of silence.
    timeout = {} if is_bare else {"timeout": httpx.Timeout(5, read=None)}

    def read_once(retrying):
        with httpx.Client(**timeout) as client:
            with connect_sse(client, "GET", url, headers=retrying.headers) as source:
                if source.response.status_code != 200:
                    return False
                print_line("open")
                for event in source.iter_sse():
                    retrying.heard(event.id, event.retry)
                    print_event(event.event, event.id, event.data)

    Retrying().run(read_once, is_bare)
