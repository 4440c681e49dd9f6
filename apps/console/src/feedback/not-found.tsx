import { IconMapPinOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Notice } from './notice.tsx';

export function NotFound() {
  return (
    <Notice icon={IconMapPinOff} title="No such page" action={<Link to="/">Go to the overview</Link>}>
      The address may be mistyped. Orders are found by any of their identifiers in the search above.
    </Notice>
  );
}
