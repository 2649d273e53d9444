import type { DirectoryUser } from '../../src/users/directory.js';
import { deferred } from './deferred.js';
import { TestUsers } from './users.js';

/** A directory with stamps, whose password checks wait at a gate when the password has been compared. */
export class ChangingUsers extends TestUsers {
  #version = 0;
  #gate: ReturnType<typeof deferred> | null = null;
  #arrival = deferred();
  /** The ids for which a stamp was asked. */
  readonly asked: string[] = [];
  /** Runs at each question for a stamp. */
  onStamp: () => Promise<void> = async () => {};

  /** From now on, each check waits. @returns opens the gate */
  holdChecks(): () => void {
    const gate = deferred();
    this.#gate = gate;
    return () => {
      this.#gate = null;
      gate.resolve();
    };
  }

  /** Resolves when a check waits at the gate. */
  get held(): Promise<void> {
    return this.#arrival.promise;
  }

  /** As a data base that counts: the next stamp is another one. */
  changePassword(): void {
    this.#version++;
  }

  async passwordStamp(id: string): Promise<string | null> {
    this.asked.push(id);
    await this.onStamp();
    return (await this.findById(id)) && `${id} ${this.#version}`;
  }

  override async verifyPassword(user: DirectoryUser | null, password: string): Promise<boolean> {
    const isRight = await super.verifyPassword(user, password);
    if (this.#gate !== null) {
      this.#arrival.resolve();
      await this.#gate.promise;
    }
    return isRight;
  }
}
