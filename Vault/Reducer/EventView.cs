using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>What the reducer sees of a log's line: the line itself, or something written into <paramref name="scratch"/>.</summary>
/// <param name="line">An event's line.</param>
/// <param name="scratch">Working memory; what it holds is lost.</param>
public delegate ReadOnlySpan<byte> EventView(ReadOnlySpan<byte> line, PooledBuffer scratch);
