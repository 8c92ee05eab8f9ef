// Distance, light and a button as numbers on a line: 182,512,1
//
// HC-SR04: TRIG on pin 9, ECHO on pin 10. Light-dependent resistor with 10 kOhm on A0. Button between pin 2 and ground.
// In config.yaml:
//   plinth: {driver: csv_line, device: ..., baud: 115200, columns: {distance: cm, light: "", button: ""}}

const byte TRIG = 9, ECHO = 10, BUTTON = 2;
const unsigned long PACE = 100;       // ms between lines, as the driver expects
const unsigned long FARTHEST = 25000; // us to wait for an echo: about 4.3 m

void setup() {
  Serial.begin(115200);
  pinMode(TRIG, OUTPUT);
  pinMode(ECHO, INPUT);
  pinMode(BUTTON, INPUT_PULLUP);
}

void loop() {
  static unsigned long next = 0;
  if ((long)(millis() - next) < 0) return;
  next = millis() + PACE;

  digitalWrite(TRIG, LOW);
  delayMicroseconds(2);
  digitalWrite(TRIG, HIGH);
  delayMicroseconds(10);
  digitalWrite(TRIG, LOW);
  unsigned long echo = pulseIn(ECHO, HIGH, FARTHEST);

  if (echo > 0) Serial.print(echo / 58.3, 1);  // cm; no echo leaves the column empty, and the last distance stands
  Serial.print(',');
  Serial.print(analogRead(A0));
  Serial.print(',');
  Serial.println(digitalRead(BUTTON) == LOW ? 1 : 0);
}
