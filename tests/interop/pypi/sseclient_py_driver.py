import requests
import sseclient

from printing import print_event, print_line
from retrying import Retrying


def subscribe(url, is_bare):
    def read_once(retrying):
        response = requests.get(url, stream=True, headers=retrying.headers)
        if response.status_code != 200:
            return False
        print_line("open")
        for event in sseclient.SSEClient(response).events():
            retrying.heard(event.id, event.retry)
            print_event(event.event, event.id, event.data)

    Retrying().run(read_once, is_bare)
