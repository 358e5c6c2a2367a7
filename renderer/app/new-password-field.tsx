import { PasswordInput } from '@mantine/core';
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { brokenPasswordRules } from '#domain/credentials/fit-password';
import type { PasswordRule } from '#domain/credentials/fit-password';
import { useText } from '../ui/messages.ts';

/** A new password and what is asked of it, said while it is typed. The database has the last word. */
export function NewPasswordField({
  value,
  login,
  onChange,
}: {
  readonly value: string;
  /** Empty where it is not known who sets it. */
  readonly login: string;
  readonly onChange: (value: string) => void;
}) {
  const text = useText();
  const broken = new Set(brokenPasswordRules(value, login));
  const rules: readonly PasswordRule[] = [
    'length',
    'variety',
    ...(login === '' ? [] : (['login'] as const)),
    // Nobody needs to hear of it before it matters.
    ...(broken.has('bytes') ? (['bytes'] as const) : []),
  ];
  return (
    <>
      <PasswordInput
        label={text('credentials.password.new')}
        description={text('credentials.password.advice')}
        name="new-password"
        autoComplete="new-password"
        size="md"
        value={value}
        required
        withAsterisk={false}
        maxLength={500}
        visibilityToggleButtonProps={{ 'aria-label': text('credentials.password.show'), tabIndex: 0 }}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <ul className="lw-password-rules" aria-label={text('credentials.password.rules')}>
        {rules.map((rule) => {
          const met = value !== '' && !broken.has(rule);
          const Icon = met ? IconCircleCheckFilled : IconCircle;
          return (
            <li key={rule} data-met={met || undefined}>
              <Icon aria-hidden size={16} />
              <span>
                <span className="lw-visually-hidden">
                  {text(met ? 'credentials.password.met' : 'credentials.password.open')}{' '}
                </span>
                {text(`credentials.password.rule.${rule}`)}
              </span>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** Whether the page would send it. */
export function fits(password: string, login: string): boolean {
  return brokenPasswordRules(password, login).length === 0;
}
