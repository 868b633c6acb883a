import time

from requests_sse import EventSource, InvalidStatusCodeError

from printing import print_error, print_event, print_line

RETRY_S = 3


def subscribe(url, is_bare):
    last_event_id = None
    while True:
        try:
            with EventSource(url, latest_event_id=last_event_id) as source:
                print_line("open")
                for event in source:
                    last_event_id = event.last_event_id or last_event_id
                    print_event(event.type, event.last_event_id, event.data)
        except InvalidStatusCodeError as error:
            # The answer was no stream, such as a 204.
            print_error(error)
            return
        except Exception as error:
            print_error(error)
        if is_bare:
            return
        # The library gives up after five attempts.
        time.sleep(RETRY_S)
