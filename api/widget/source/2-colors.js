// Colors that can be read whatever the brand's color is: contrast as WCAG 2.2 counts it.
const channels = (hex) => {
  const full = hex.length === 4 ? hex.replace(/[^#]/g, "$&$&") : hex;
  return [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16));
};
const luminance = (rgb) => {
  const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const mix = (rgb, to, share) => rgb.map((c, at) => Math.round(c + (to[at] - c) * share));
const css = (rgb) => `rgb(${rgb.join(" ")})`;
const WHITE = [255, 255, 255];
const INK = [17, 20, 28];

// The color, moved towards black or white until text of it can be read on the background.
const readable = (rgb, background, wanted = 4.5) => {
  const towards = luminance(background) > 0.4 ? INK : WHITE;
  let found = rgb;
  for (let share = 0; contrast(found, background) < wanted && share <= 1; share += 0.05) found = mix(rgb, towards, share);
  return found;
};

const palette = (hex, dark) => {
  const accent = channels(hex);
  const surface = dark ? [20, 23, 31] : WHITE;
  const on = contrast(accent, WHITE) >= 4.5 || contrast(accent, WHITE) >= contrast(accent, INK) ? WHITE : INK;
  return { accent: css(readable(accent, on)), "on-accent": css(on), link: css(readable(accent, surface, 5)) };
};
