// Temperature and light as names and numbers on a line: temp:21.5 light:300
//
// TMP36 on A0 (its middle leg), light-dependent resistor with 10 kOhm on A1.
// In config.yaml:
//   room: {driver: key_value, device: ..., baud: 115200, keys: {temp: °C, light: ""}}

const unsigned long PACE = 500;  // ms between lines, as the driver expects

void setup() {
  Serial.begin(115200);
}

void loop() {
  static unsigned long next = 0;
  if ((long)(millis() - next) < 0) return;
  next = millis() + PACE;

  float volts = analogRead(A0) * 5.0 / 1024.0;
  Serial.print("temp:");
  Serial.print((volts - 0.5) * 100.0, 1);  // TMP36: 10 mV a degree, 0.5 V at 0 °C
  Serial.print(" light:");
  Serial.println(analogRead(A1));
}
