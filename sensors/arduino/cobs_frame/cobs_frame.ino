// Binary frames: a packed struct, its CRC-16/CCITT-FALSE, COBS, a zero. A damaged frame is never taken for a reading.
//
// HC-SR04: TRIG on pin 9, ECHO on pin 10. Potentiometer on A0.
// In config.yaml:
//   floor: {driver: cobs_frame, device: ..., baud: 115200, layout: {distance: uint16 mm, turn: float32 deg, _count: uint8}}

const byte TRIG = 9, ECHO = 10;
const unsigned long PACE = 50;        // ms between frames, as the driver expects
const unsigned long FARTHEST = 25000; // us to wait for an echo: about 4.3 m

struct __attribute__((packed)) Reading {
  uint16_t distance;  // mm
  float turn;         // degrees
  uint8_t count;      // of frames
};

uint16_t crc16(const uint8_t *data, size_t length) {
  uint16_t crc = 0xFFFF;
  while (length--) {
    crc ^= (uint16_t)*data++ << 8;
    for (byte bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc;
}

// COBS for frames of at most 253 bytes: every zero is replaced by the distance to the next one.
void sendFrame(const uint8_t *data, size_t length) {
  size_t start = 0;
  for (size_t at = 0; at <= length; at++) {
    if (at == length || data[at] == 0) {
      Serial.write((uint8_t)(at - start + 1));
      Serial.write(data + start, at - start);
      start = at + 1;
    }
  }
  Serial.write((uint8_t)0);
}

void setup() {
  Serial.begin(115200);
  pinMode(TRIG, OUTPUT);
  pinMode(ECHO, INPUT);
  Serial.write((uint8_t)0);  // ends whatever the boot loader said
}

void loop() {
  static unsigned long next = 0;
  static Reading reading = {4300, 0, 0};
  if ((long)(millis() - next) < 0) return;
  next = millis() + PACE;

  digitalWrite(TRIG, LOW);
  delayMicroseconds(2);
  digitalWrite(TRIG, HIGH);
  delayMicroseconds(10);
  digitalWrite(TRIG, LOW);
  unsigned long echo = pulseIn(ECHO, HIGH, FARTHEST);
  if (echo > 0) reading.distance = echo * 10 / 58.3;  // no echo: the last distance stands
  reading.turn = analogRead(A0) * 270.0 / 1023.0;
  reading.count++;

  uint8_t frame[sizeof(Reading) + 2];
  memcpy(frame, &reading, sizeof(Reading));
  uint16_t crc = crc16(frame, sizeof(Reading));
  frame[sizeof(Reading)] = crc & 0xFF;
  frame[sizeof(Reading) + 1] = crc >> 8;
  sendFrame(frame, sizeof(frame));
}
