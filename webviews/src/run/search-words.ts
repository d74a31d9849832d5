/** Whether a text has all the words of a search, in any order and case. */
export function searchFor(search: string): (text: string) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return (text) => {
    if (words.length === 0) return true;
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}
