/** The pages, in the order of the questions that lead a reader to them. A page's name in the list is its heading. */
export const questions = [
  { question: 'What is it?', pages: ['/'] },
  {
    question: 'How do I set up the app?',
    pages: ['/guides/set-up-the-app', '/guides/set-up-the-app-as-code'],
  },
  {
    question: 'How do I connect customers?',
    pages: [
      '/guides/connect-a-customer',
      '/guides/many-customers',
      '/guides/connect-again',
      '/guides/new-scope',
      '/guides/sign-in-without-a-user',
    ],
  },
  {
    question: 'How do tokens stay fresh?',
    pages: [
      '/guides/refresh-token-rotation',
      '/guides/many-nodes',
      '/guides/store-in-a-database',
      '/guides/your-own-store',
    ],
  },
  {
    question: 'What if it fails?',
    pages: ['/guides/when-it-fails', '/guides/when-access-is-revoked', '/guides/who-must-connect-again', '/errors', '/states'],
  },
  {
    question: 'How do I rotate secrets and keys?',
    pages: [
      '/guides/rotate-consumer-secret',
      '/guides/rotate-encryption-keys',
      '/guides/seal-with-a-kms',
      '/guides/rotate-state-keys',
    ],
  },
  {
    question: 'What does Ampersand do for me?',
    pages: ['/guides/hand-over-to-ampersand', '/guides/call-through-the-proxy', '/guides/receive-webhooks', '/guides/frontend-tokens'],
  },
  { question: 'Is it secure?', pages: ['/security', '/soak'] },
  {
    question: 'How does it fit into my product?',
    pages: [
      '/guides/use-with-spring-boot',
      '/guides/use-with-other-clients',
      '/guides/test-with-the-fakes',
      '/guides/threads-and-async',
      '/guides/short-lived-processes',
      '/guides/own-transport',
      '/guides/fixed-address',
      '/guides/native-image',
      '/guides/from-scribejava',
      '/guides/from-spring-security',
    ],
  },
  { question: 'How fast is it?', pages: ['/performance', '/scaling'] },
]
