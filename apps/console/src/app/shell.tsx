import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import type { Session } from '../api/contract.ts';
import { overviewQuery } from '../api/queries.ts';
import { SearchBox } from '../search/search-box.tsx';
import { count } from '../vocabulary/words.ts';
import { AccountMenu } from './account-menu.tsx';
import { BrandMark } from './brand.tsx';
import { LiveMark } from './live-mark.tsx';
import classes from './shell.module.css';

export function Shell({ session }: { readonly session: Session }) {
  const { data: overview } = useQuery(overviewQuery);
  const open = overview?.openExceptions ?? 0;
  return (
    <>
      <a href="#main" className={classes['skip']}>
        Skip to the content
      </a>
      <header className={classes['header']}>
        <div className={classes['bar']}>
          <Link to="/" className={classes['brand']} aria-label={`Trunkline, ${session.hub}: overview`}>
            <BrandMark />
            <span className={classes['name']}>Trunkline</span>
            <span className={classes['hub']}>{session.hub}</span>
          </Link>
          <nav className={classes['nav']} aria-label="Main">
            <Link to="/" activeOptions={{ exact: true }}>
              Overview
            </Link>
            <Link to="/exceptions">
              Exceptions
              {open > 0 && (
                <span className={classes['badge']}>
                  {count(open)}
                  <span className="visually-hidden"> open</span>
                </span>
              )}
            </Link>
            <Link to="/invalid-messages">Invalid messages</Link>
            <Link to="/mappings">Mappings</Link>
            <Link to="/replay">Replay</Link>
            <Link to="/systems">Systems</Link>
            <Link to="/nodes">Nodes</Link>
          </nav>
          <div className={classes['search']}>
            <SearchBox />
          </div>
          <div className={classes['tools']}>
            <LiveMark />
            <AccountMenu session={session} />
          </div>
        </div>
      </header>
      <main id="main" className={classes['main']} tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}
