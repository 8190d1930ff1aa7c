using System.Text.Json.Serialization;

namespace Granary.Vault.Backpack;

[JsonSerializable(typeof(PendingDocuments.Pending[]))]
internal sealed partial class PendingJson : JsonSerializerContext;
