/** Two samples whose figures are known from Evidently 0.7.23. */
export const golden = {
  reference: Float64Array.from({ length: 500 }, (_, i) => ((i * 37) % 101) / 10),
  current: Float64Array.from({ length: 400 }, (_, i) => ((i * 53) % 97) / 10 + 0.5),
};
