namespace Granary.Bench.Setup;

/// <summary>A run that cannot be measured; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);
