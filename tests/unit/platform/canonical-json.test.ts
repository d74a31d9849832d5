import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOfJson, sha256Of } from '#server/platform/canonical-json.ts';

describe('canonical JSON', () => {
  it('is that of the example in RFC 8785, section 3.2.3', () => {
    const source = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    expect(canonicalJson(JSON.parse(source))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('has a digest that the order of keys makes no difference to', () => {
    expect(digestOfJson({ b: 1, a: [2, 3] })).toEqual({
      content: '{"a":[2,3],"b":1}',
      digest: '2aae3bfa906be39530e7d7a4aa90a7e6d4f29c33e3ac80e1c3b05598c5953c04',
    });
    expect(digestOfJson({ a: [3, 2], b: 1 }).digest).not.toBe(digestOfJson({ a: [2, 3], b: 1 }).digest);
  });

  it('fails for what has none', () => {
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
  });
});

it('SHA-256 is that of the text in UTF-8', () => {
  expect(sha256Of('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
});
