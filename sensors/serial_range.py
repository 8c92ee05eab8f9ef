"""Ultrasonic rangefinder on a serial line, MaxBotix style: R0421 and a carriage return is 421 mm, ten times a second.

Plug in: a MaxBotix HRLV or XL-MaxSonar with "RS232" serial output on a USB serial adapter (the TTL versions need an adapter that
inverts). In inches or centimetres (R042, three digits): set `unit`.

    plinth: {driver: serial_range, device: usb-FTDI_FT232R_A50285BI-if00-port0, hold: 2 s, rest: {distance: 4 m}}
"""
from installation import Fault, Sensor, SensorFault

METRES = {"mm": 0.001, "cm": 0.01, "inch": 0.0254}


class SerialRange(Sensor):
    line = {"baud": 9600, "ends": b"\r", "longest": 16}
    gives = {"distance": "m"}
    pace = 0.1
    options = {"unit": "mm"}

    def prepare(self):
        if self.unit not in METRES:
            raise Fault(f"unit is {self.unit!r}; a rangefinder speaks in {', '.join(METRES)}")

    def decode(self, frame):
        """Read one frame. Raises SensorFault if it is not R and three or four digits."""
        digits = frame[1:]
        if frame[:1] != b"R" or len(digits) not in (3, 4) or not digits.isdigit():
            raise SensorFault(f"expected R and four digits, got {frame!r}",
                              remedy="Usually the baud rate (9600) or a loose ground wire.")
        return {"distance": int(digits) * METRES[self.unit]}
