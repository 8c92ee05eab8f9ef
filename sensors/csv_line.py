"""Numbers on a line, separated by commas, as a sketch prints them: 182,512,1

Plug in: any board that prints lines; `arduino/range_csv/range_csv.ino` is such a sketch. Name the columns in order, each with
its unit; a column whose name begins with _ is passed over. An empty column leaves its reading as it was. Lines that
begin with # are comments.

    plinth: {driver: csv_line, device: usb-Arduino_Uno_85438-if00, baud: 115200, columns: {distance: cm, light: "", _button: ""}}
"""
from installation import Fault, Sensor, SensorFault


class CsvLine(Sensor):
    line = {"baud": 115200, "ends": b"\n", "longest": 240}
    pace = 0.1
    options = {"columns": dict, "separator": ","}

    def prepare(self):
        if len(self.separator) != 1 or not self.separator.isascii() or self.separator in "0123456789.+-eE":
            raise Fault(f"separator is {self.separator!r}; it is one character that is no part of a number")

    def fields(self):
        return {name: unit for name, unit in self.columns.items() if not str(name).startswith("_")}

    def decode(self, frame):
        """Read one line. Raises SensorFault if it has another number of columns, or something that is no number."""
        text = frame.decode("ascii", "replace").strip()
        if not text or text.startswith("#"):
            return {}
        parts = text.split(self.separator)
        if len(parts) != len(self.columns):
            raise SensorFault(f"expected {len(self.columns)} columns ({', '.join(self.columns)}), got {text!r}",
                              remedy="Do the columns in config.yaml match the sketch, and its baud rate?")
        readings = {}
        for name, part in zip(self.columns, parts):
            if not name.startswith("_") and part.strip():
                try:
                    readings[name] = float(part)
                except ValueError:
                    raise SensorFault(f"{name} should be a number, got {part!r} in {text!r}",
                                      remedy="Usually the baud rate or a loose ground wire.") from None
        return readings
