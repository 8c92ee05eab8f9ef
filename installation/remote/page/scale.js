/* From a value to a fader's way, to what a person reads, and back from what a person types.

   position(value, declaration), at(position, declaration)    0 to 1 and back, by the declaration's curve
   shown(value, declaration, language)                        ["1.24", "kHz"]
   typed(text, declaration)                                   "1,2 kHz" → 1200; null if it is not a number of that unit
*/

/* What a person may type or read instead of the base unit, and how many base units it is. */
export const OTHER_UNITS = {
  ratio: { "%": 0.01 },
  Hz: { kHz: 1000 },
  s: { ms: 0.001, min: 60, h: 3600 },
  m: { cm: 0.01, mm: 0.001, km: 1000 },
  deg: { "°": 1 },
  B: { kB: 1e3, MB: 1e6, GB: 1e9 },
  hPa: { Pa: 0.01 }, Pa: { hPa: 100 },
  V: { mV: 0.001 },
};

export function hasRange(declaration) {
  return declaration.low !== null && declaration.high !== null && declaration.high > declaration.low;
}

export function clip(value, declaration) {
  if (declaration.kind === "int") value = Math.round(value);
  if (declaration.kind !== "float" && declaration.kind !== "int") return value;
  if (declaration.low !== null) value = Math.max(declaration.low, value);
  if (declaration.high !== null) value = Math.min(declaration.high, value);
  return value;
}

export function position(value, { low, high, curve }) {
  const way = curve === "exp" ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Number.isFinite(way) ? Math.min(1, Math.max(0, way)) : 0;
}

export function at(way, { low, high, curve }) {
  const within = Math.min(1, Math.max(0, way));
  return curve === "exp" ? low * (high / low) ** within : low + (high - low) * within;
}

export function shown(value, declaration, language) {
  if (value === null || value === undefined || typeof value !== "number") return [value === undefined || value === null ? "–" : String(value), ""];
  const unit = declaration.unit ?? "";
  if (!Number.isFinite(value)) return ["–", unit];
  const size = Math.abs(value);
  if (declaration.kind === "int" || unit === "count") return [number(value, 0, language), unit === "count" ? "" : unit];
  if (unit === "Hz" && size >= 1000) return [number(value / 1000, size >= 10000 ? 1 : 2, language), "kHz"];
  if (unit === "Hz") return [number(value, size >= 100 ? 0 : 1, language), unit];
  if (unit === "s") {
    if (size >= 3600) return [number(value / 3600, 1, language), "h"];
    if (size >= 120) return [number(value / 60, 1, language), "min"];
    return size > 0 && size < 1 ? [number(value * 1000, 0, language), "ms"] : [number(value, 1, language), "s"];
  }
  if (unit === "dB" || unit === "dBFS") return [number(value, 1, language), unit];
  if (unit === "deg") return [number(value, size >= 100 ? 0 : 1, language), "°"];
  if (unit === "ratio" || unit === "") return [number(value, size >= 100 ? 1 : 2, language), ""];
  return [number(value, size >= 100 ? 0 : 2, language), unit];
}

export function text(value, declaration, language) {
  const [figure, unit] = shown(value, declaration, language);
  return unit === "°" ? figure + unit : unit ? `${figure}\u202f${unit}` : figure;
}

export function typed(written, declaration) {
  const match = /^\s*([-+−]?\s*(?:\d+[.,]?\d*|[.,]\d+)(?:e[-+]?\d+)?)\s*(\D*)$/i.exec(written);
  if (!match) return null;
  const figure = Number(match[1].replace(/\s/g, "").replace("−", "-").replace(",", "."));
  const suffix = match[2].trim();
  if (!Number.isFinite(figure)) return null;
  const unit = declaration.unit || "ratio";
  if (!suffix || suffix.toLowerCase() === unit.toLowerCase() || (suffix.toLowerCase() === "db" && unit === "dBFS")) return figure;
  const others = OTHER_UNITS[unit] ?? {};
  const meant = [suffix.toLowerCase(), `${suffix.toLowerCase()}hz`];          // also 1.2 k
  const name = suffix in others ? suffix : Object.keys(others).find((other) => meant.includes(other.toLowerCase()));
  return name === undefined ? null : figure * others[name];
}

export function number(value, digits, language) {
  const rounded = value.toFixed(digits);
  const figure = Number(rounded) === 0 ? (0).toFixed(digits) : rounded;
  return (language === "fr" ? figure.replace(".", ",") : figure).replace("-", "−");
}

export function clock(date, language) {
  return date.toLocaleTimeString(language === "fr" ? "fr-FR" : "en-GB");
}

export function lasting(seconds, language) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}\u202fs`;
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}\u202fh ${String(minutes).padStart(2, "0")}` : `${minutes}\u202fmin ${String(whole % 60).padStart(2, "0")}\u202fs`;
}
