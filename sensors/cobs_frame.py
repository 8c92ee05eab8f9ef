"""Binary frames in COBS with a CRC, for boards that send fast or must never be misread.

Plug in: a board that sends the bytes of a packed struct, low byte first, then their CRC-16/CCITT-FALSE, low byte first, all of
it COBS-encoded and closed by a zero byte; `arduino/cobs_frame/cobs_frame.ino` does. Say what stands in the struct, in order,
each with its type and unit; a name that begins with _ is passed over.

    floor: {driver: cobs_frame, device: "85438323", baud: 115200, layout: {distance: uint16 mm, tilt: float32 deg, _count: uint8}}

Types: int8 uint8 int16 uint16 int32 uint32 float32 float64 bool.
"""
import struct

from installation import Fault, Sensor, SensorFault

TYPES = {"int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "float32": "f", "float64": "d",
         "bool": "?"}


class CobsFrame(Sensor):
    line = {"baud": 115200, "frame": "cobs", "check": "crc16", "longest": 254}
    pace = 0.05
    options = {"layout": dict}

    def prepare(self):
        self.names, self.units, types = [], [], "<"
        for name, written in self.layout.items():
            kind, _, unit = str(written).partition(" ")
            if kind not in TYPES:
                raise Fault(f"layout.{name}: no type is called {kind!r}",
                            remedy=f"There are {', '.join(TYPES)}; then the unit: uint16 mm.")
            self.names.append(str(name))
            self.units.append(unit.strip())
            types += TYPES[kind]
        self.packed = struct.Struct(types)
        if self.packed.size > self.line["longest"]:
            raise Fault(f"the layout has {self.packed.size} bytes, at most {self.line['longest']} go into a frame")

    def fields(self):
        return {name: unit for name, unit in zip(self.names, self.units) if not name.startswith("_")}

    def decode(self, frame):
        """Read one frame, whose CRC was right. Raises SensorFault if it is not as long as the layout."""
        if len(frame) != self.packed.size:
            raise SensorFault(f"expected {self.packed.size} bytes, got {len(frame)}",
                              remedy="Does the layout in config.yaml match the sketch's struct, type by type?")
        return {name: value for name, value in zip(self.names, self.packed.unpack(frame)) if not name.startswith("_")}
