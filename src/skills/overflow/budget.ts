/** spec engine.md §1.10. `lines` -1 = unlimited. */
export interface BudgetScope {
  readonly bytes: number;
  readonly lines: number;
}

export interface ClientBudgetSnapshot {
  readonly client_name?: string | null;
  readonly tool_name?: string | null;
  readonly skill_name?: string | null;
  readonly matched_client_pattern?: string | null;
  readonly tool_result: BudgetScope;
  readonly file_read: BudgetScope;
  readonly tool_config?: unknown;
}
