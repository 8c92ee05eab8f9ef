"""Names and numbers on a line, as a sketch prints them: temp:21.5 light:300, or a=1,b=2

Plug in: any board that prints such lines; `arduino/key_value/key_value.ino` is such a sketch. Say which names are readings,
each with its unit; other names are passed over, and a line may bring only some of them.

    room: {driver: key_value, device: usb-Arduino_Uno_85438-if00, baud: 115200, keys: {temp: °C, light: lx}}
"""
import re

from installation import Sensor, SensorFault

PAIR = re.compile(r"\s*([A-Za-z_][\w-]*)\s*[:=]\s*([^\s,;]+)\s*[,;]?")


class KeyValue(Sensor):
    line = {"baud": 115200, "ends": b"\n", "longest": 240}
    pace = 0.5
    options = {"keys": dict}

    def fields(self):
        return self.keys

    def decode(self, frame):
        """Read one line. Raises SensorFault if something in it is no name and number."""
        text = frame.decode("ascii", "replace").strip()
        readings, at = {}, 0
        while at < len(text):
            pair = PAIR.match(text, at)
            if not pair:
                raise SensorFault(f"expected pairs such as temp:21.5, got {text!r}",
                                  remedy="Usually the baud rate, or the sketch prints something else.")
            at = pair.end()
            if pair[1] in self.keys:
                try:
                    readings[pair[1]] = float(pair[2])
                except ValueError:
                    raise SensorFault(f"{pair[1]} should be a number, got {pair[2]!r}") from None
        return readings
