import { Button, PasswordInput, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import { ApiProblem, call } from '../api/client.ts';
import type { Session } from '../api/contract.ts';
import { sessionQuery } from '../api/queries.ts';
import { BrandMark } from '../app/brand.tsx';
import { Outcome } from '../feedback/outcome.tsx';
import classes from './sign-in-page.module.css';

export function SignInPage() {
  const queries = useQueryClient();
  const [user, setUser] = useState('admin');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => call<Session>('POST', '/session', { user, password }),
    onSuccess: (session) => queries.setQueryData(sessionQuery.queryKey, session),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <main className={classes['page']}>
      <form className={`panel ${classes['card']}`} onSubmit={submit}>
        <div className={classes['brand']}>
          <BrandMark size={34} />
          <Title order={1}>Trunkline</Title>
        </div>
        <TextInput
          label="User"
          name="user"
          autoComplete="username"
          required
          withAsterisk={false}
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {signIn.isError && (
          <Outcome tone="bad" title={signIn.error instanceof ApiProblem ? signIn.error.title : 'That failed'}>
            {signIn.error.message}
          </Outcome>
        )}
        <Button type="submit" loading={signIn.isPending} fullWidth>
          Sign in
        </Button>
        <Text size="xs" className="soft">
          The hub printed the password once, at its first start. On the hub’s machine{' '}
          <code>trunkline login --renew</code> makes a new one.
        </Text>
      </form>
    </main>
  );
}
