"""One JSON object a line, as ArduinoJson prints it: {"distance": 182, "room": {"temp": 21.5}}

Plug in: any board or program that prints such lines. Say which keys are readings, each with its unit; a dot goes one floor down,
and becomes _ in the reading's name (room.temp is read as room_temp). Other keys are passed over. true and false are 1 and 0; null
leaves the reading as it was.

    desk: {driver: json_line, device: usb-Teensyduino_123-if00, baud: 115200, keys: {distance: cm, room.temp: °C}}
"""
import json

from installation import Sensor, SensorFault


class JsonLine(Sensor):
    line = {"baud": 115200, "ends": b"\n", "longest": 1000}
    pace = 0.5
    options = {"keys": dict}

    def fields(self):
        return {str(key).replace(".", "_"): unit for key, unit in self.keys.items()}

    def decode(self, frame):
        """Read one line. Raises SensorFault if it is not a JSON object, or a reading in it is no number."""
        try:
            found = json.loads(frame)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise SensorFault(f"expected one JSON object, got {frame[:60]!r}",
                              remedy="Usually the baud rate; or one object runs over several lines.")
        readings = {}
        for key in self.keys:
            value = found
            for part in key.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if value is None:
                continue
            if not isinstance(value, (int, float)):
                raise SensorFault(f"{key} should be a number, got {str(value)[:40]!r}")
            readings[key.replace(".", "_")] = value
        return readings
