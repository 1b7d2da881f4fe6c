// Icons are drawn here, so that they look the same whatever fonts there are.
const shapes = {
  robot: "M8 2v2M4.5 4.5h7a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 11V6a1.5 1.5 0 0 1 1.5-1.5zM6 7.5v1M10 7.5v1M6.2 10.5h3.6M1.5 7.5v2M14.5 7.5v2",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  clip: "M12.5 7.5 7.6 12.4a2.6 2.6 0 0 1-3.7-3.7l5.3-5.3a1.8 1.8 0 0 1 2.6 2.6L6.6 11.2a.9.9 0 0 1-1.3-1.3l4.5-4.5",
  bolt: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z",
  reply: "M2.5 3h11v8H8l-3 2.5V11H2.5z",
  pencil: "M3 13l.7-2.9 7-7 2.2 2.2-7 7zM9.3 4.5l2.2 2.2",
  bin: "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.6 9h5.8l.6-9M6.8 7v4M9.2 7v4",
  page: "M4 1.8h5.5L12.5 5v9.2H4zM9.2 2v3.3h3.2M6 8h4.5M6 10.5h4.5",
  picture: "M2 3.5h12v9H2zM2.5 11l3.5-3.5 3 3 2-2 3 3M10.8 5.6h.1",
};

const space = "http://www.w3.org/2000/svg";

// icon draws one of the shapes, for the eye only.
export function icon(name) {
  const svg = document.createElementNS(space, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", shapes[name]);
  svg.append(path);
  return svg;
}
