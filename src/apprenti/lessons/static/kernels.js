// The three computations that lessons do in the browser. A test holds each equal to numpy to 1e-12.

// The activation of a neuron: from inputs, as many weights and a bias to { z, p }.
export function neuron(inputs, weights, bias) {
  let z = bias;
  for (let i = 0; i < inputs.length; i += 1) z += inputs[i] * weights[i];
  return { z, p: z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)) };
}

// A 3x3 kernel slid over a picture (rows of numbers), edges left out: [h - 2][w - 2]. As networks do it: not flipped.
export function convolve3x3(picture, kernel) {
  const rows = [];
  for (let y = 0; y + 2 < picture.length; y += 1) {
    const row = [];
    for (let x = 0; x + 2 < picture[y].length; x += 1) {
      let sum = 0;
      for (let j = 0; j < 3; j += 1) for (let i = 0; i < 3; i += 1) sum += picture[y + j][x + i] * kernel[j][i];
      row.push(sum);
    }
    rows.push(row);
  }
  return rows;
}

// From logits to probabilities; the largest is taken off first, so that nothing overflows.
export function softmax(logits) {
  const most = Math.max(...logits);
  const powers = logits.map((one) => Math.exp(one - most));
  const sum = powers.reduce((all, one) => all + one, 0);
  return powers.map((one) => one / sum);
}
