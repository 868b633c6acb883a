"""Libraries that only read one answer leave it to the caller to connect again."""

import time

from printing import print_error

RETRY_S = 3


class Retrying:
    """What a stream has said so far."""

    def __init__(self):
        self.last_event_id = ""
        self.retry_s = RETRY_S

    @property
    def headers(self):
        headers = {"Accept": "text/event-stream"}
        if self.last_event_id:
            headers["Last-Event-ID"] = self.last_event_id
        return headers

    def heard(self, id, retry_ms):
        if id:
            self.last_event_id = id
        if retry_ms:
            self.retry_s = int(retry_ms) / 1000

    def run(self, read_once, is_bare):
        """Reads again and again, or once. read_once returns False if there is nothing more to come."""
        while True:
            try:
                if read_once(self) is False:
                    return
            except Exception as error:
                print_error(error)
            if is_bare:
                return
            time.sleep(self.retry_s)
