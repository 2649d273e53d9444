export default { store: process.env.STORE, users: process.env.USERS };
