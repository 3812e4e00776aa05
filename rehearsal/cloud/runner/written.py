"""What was written where, so that nothing is written twice."""


class Written:
    def __init__(self):
        self._known = {}

    def write(self, place, value, write):
        """Calls `write(value)` unless that value was the last one at this place. Tells whether it
        did."""
        if self._known.get(place) == value:
            return False
        write(value)
        self._known[place] = value
        return True

    def forget(self, *place):
        """Forgets all places that begin so: what was written there is gone."""
        self._known = {known: value for known, value in self._known.items() if known[: len(place)] != place}
