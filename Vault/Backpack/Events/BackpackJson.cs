using System.Text.Json.Serialization;

namespace Granary.Vault.Backpack.Events;

[JsonSerializable(typeof(BackpackChains.Saved))]
[JsonSerializable(typeof(PendingDocuments.Pending[]))]
internal sealed partial class BackpackJson : JsonSerializerContext;
