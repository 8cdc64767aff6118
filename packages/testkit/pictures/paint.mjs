/* global document -- runs in the browser */

/** Paints an evening over hills and returns it as a data URL in PNG form. */
export function paint() {
  const width = 560;
  const height = 300;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("There is no canvas");
  const sky = context.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, "#2b3a8f");
  sky.addColorStop(0.55, "#f08a7a");
  sky.addColorStop(1, "#ffd9a0");
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#fff3d6";
  context.beginPath();
  context.arc(390, 155, 36, 0, 2 * Math.PI);
  context.fill();
  const hills = [
    { top: 190, swing: 18, length: 70, shift: 0, colour: "#7a5a9e" },
    { top: 220, swing: 18, length: 55, shift: 2, colour: "#51407f" },
    { top: 252, swing: 14, length: 80, shift: 4, colour: "#2c2a58" },
  ];
  for (const { top, swing, length, shift, colour } of hills) {
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(0, height);
    for (let x = 0; x <= width; x += 4) {
      const wave = Math.sin(x / length + shift) + Math.sin((x * 2.3) / length + shift) / 2;
      context.lineTo(x, top + swing * wave);
    }
    context.lineTo(width, height);
    context.fill();
  }
  return canvas.toDataURL("image/png");
}
