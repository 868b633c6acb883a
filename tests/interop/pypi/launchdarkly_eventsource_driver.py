from ld_eventsource import SSEClient
from ld_eventsource.actions import Event, Fault, Start
from ld_eventsource.config import ErrorStrategy

from printing import print_error, print_event, print_line


def subscribe(url, is_bare):
    # Without a strategy, a stream that ends is over for good.
    mended = {} if is_bare else {"error_strategy": ErrorStrategy.always_continue()}
    client = SSEClient(url, **mended)
    try:
        for action in client.all:
            if isinstance(action, Start):
                print_line("open")
            elif isinstance(action, Fault):
                print_error(action.error)
            elif isinstance(action, Event):
                print_event(action.event, action.last_event_id, action.data)
    except Exception as error:
        print_error(error)
