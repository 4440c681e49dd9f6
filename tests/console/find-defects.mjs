// Runs inside the page, so it is plain JavaScript: one expression whose value is the list of defects.
(() => {
  const defects = [];
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > window.innerWidth)
    defects.push(`the page is ${scrollWidth} px wide in ${window.innerWidth}`);

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (canvas === null) throw new Error('No canvas to read colours with.');
  /** Any CSS colour as sRGB bytes and alpha, laid over what is below it. */
  const over = (colour, below) => {
    canvas.fillStyle = `rgb(${below.join(' ')})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return Array.from(canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
  };
  const backgrounds = new Map([[null, [255, 255, 255]]]);
  const background = (element) => {
    const known = backgrounds.get(element);
    if (known !== undefined) return known;
    const own = over(getComputedStyle(element).backgroundColor, background(element.parentElement));
    backgrounds.set(element, own);
    return own;
  };
  const luminance = (rgb) => {
    const [r = 0, g = 0, b = 0] = rgb.map((byte) => {
      const c = byte / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const parent = node.parentElement;
    const text = node.textContent?.trim() ?? '';
    if (parent === null || text === '' || !parent.checkVisibility({ opacityProperty: true })) continue;
    if (parent.closest('script, style, :disabled, [aria-hidden="true"], .visually-hidden') !== null) continue;
    const below = background(parent);
    const ratio = contrast(over(getComputedStyle(parent).color, below), below);
    if (ratio < 4.5) defects.push(`contrast ${ratio.toFixed(2)} of "${text.slice(0, 40)}"`);
  }

  for (const element of document.querySelectorAll('button, a[href], input, textarea, summary')) {
    const named =
      element.textContent?.trim() ||
      element.getAttribute('aria-label') ||
      element.getAttribute('aria-labelledby') ||
      (element instanceof HTMLInputElement && (element.labels?.length ?? 0) > 0);
    if (!named && element.checkVisibility()) defects.push(`no name: ${element.outerHTML.slice(0, 120)}`);
  }
  return defects;
})();
