import type { Page } from '@playwright/test';

export interface Picture {
  readonly file: string;
  readonly login: string;
  /** How long what is shown comes to rest; 1500 where it is left out. */
  readonly restMs?: number;
  /** Walks from the workspaces' side bar to what is to be seen. */
  show(page: Page): Promise<void>;
}

/** By the button of a person of the demo plant, who is known by the role. */
export async function signIn(page: Page, role: string): Promise<void> {
  const person = page.getByRole('button', { name: new RegExp(`^Sign in as .*, ${role}$`, 'i') });
  await person.first().click();
}

/** Goes to a workspace as a person does, by its link in the side bar. */
export async function open(page: Page, workspace: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Workspaces' }).getByRole('link', { name: workspace }).click();
}
