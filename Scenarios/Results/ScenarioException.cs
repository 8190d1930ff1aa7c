namespace Granary.Scenarios.Results;

/// <summary>A run that cannot go on; the message says why.</summary>
internal sealed class ScenarioException(string message) : Exception(message);

/// <summary>A scenario that this machine or this checkout cannot run; the message says what is missing.</summary>
internal sealed class SkipException(string message) : Exception(message);
