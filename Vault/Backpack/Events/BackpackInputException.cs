namespace Granary.Vault.Backpack.Events;

/// <summary>An event or operation that a Backpack vault cannot take; the message is a sentence that names the field, the limit and the fix.</summary>
public sealed class BackpackInputException(string message, Exception? inner = null) : Exception(message, inner);
