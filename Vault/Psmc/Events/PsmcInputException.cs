namespace Granary.Vault.Psmc.Events;

/// <summary>An event that cannot be appended; the message is a sentence that names the field, the limit and the fix.</summary>
public sealed class PsmcInputException(string message, Exception? inner = null) : Exception(message, inner);
