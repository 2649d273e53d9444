/** A product. `price` is in cents. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly price: number;
  stock: number;
  picture: Picture | null;
}

export interface Picture {
  readonly type: 'image/png' | 'image/jpeg';
  readonly bytes: Buffer;
}

/** The products, in memory: a real shop has a data base. */
export class Catalogue {
  readonly products: readonly Product[] = [
    { id: 'tea', name: 'Tea from East Frisia', price: 649, stock: 40, picture: null },
    { id: 'kluntjes', name: 'Kluntjes & sugar tongs', price: 895, stock: 12, picture: null },
    { id: 'cup', name: 'A cup, 0.2 l', price: 1250, stock: 0, picture: null },
  ];

  find(id: unknown): Product | undefined {
    return this.products.find((product) => product.id === id);
  }
}

/** A picture by its first bytes, whatever the browser says that it is; null if it is none that we show. */
export function pictureOf(bytes: Buffer): Picture | null {
  const start = bytes.toString('latin1', 0, 8);
  if (start === '\x89PNG\r\n\x1a\n') return { type: 'image/png', bytes };
  return start.startsWith('\xff\xd8\xff') ? { type: 'image/jpeg', bytes } : null;
}
