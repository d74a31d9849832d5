import { z } from 'zod';

// A page's content security policy forbids code made from text, which zod would otherwise try.
z.config({ jitless: true });
