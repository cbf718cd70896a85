function Page() {
  return <p>Skills are at /api/skills.</p>;
}

export { Page as default };
