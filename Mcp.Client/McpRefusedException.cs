namespace Granary.Mcp.Client;

/// <summary>A server gave another answer than the one without which a client cannot go on; the message has it.</summary>
public sealed class McpRefusedException(string message) : Exception(message);
