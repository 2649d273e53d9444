import type { Session, VisitUser } from 'moin-sessions';

/** How many of each product, by its id. */
export type Cart = Record<string, number>;

declare module 'moin-sessions' {
  interface SessionValues {
    cart: Cart;
    csrf: string;
    flash: string[];
  }
  interface UserFields {
    /** Of users who signed up: none. */
    roles?: string[];
  }
}

const MOST_OF_ONE = 99;

/** Puts one more into the cart. Uses `update`: of two clicks at the same time both count. */
export function addToCart(session: Session, id: string): Promise<Cart> {
  return session.update('cart', (cart = {}) => ({
    ...cart,
    [id]: Math.min((cart[id] ?? 0) + 1, MOST_OF_ONE),
  }));
}

export function sizeOfCart(session: Session): number {
  return Object.values(session.get('cart') ?? {}).reduce((sum, count) => sum + count, 0);
}

/** Keeps a message for the next page that the visitor sees. */
export function addFlash(session: Session, text: string): void {
  session.set('flash', [...(session.get('flash') ?? []), text]);
}

export function isEditor(user: VisitUser | null): boolean {
  return user?.roles?.includes('editor') ?? false;
}
