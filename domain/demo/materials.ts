import { checkDigit } from '../gs1/check-digit.ts';
import type { DemoDefinition } from './definition.ts';
import {
  type Characteristic,
  get,
  type Ground,
  type Material,
  type Plant,
  type RecipePart,
  roundTo,
} from './facts.ts';

/** Materials with their recipes and what is measured on them, by code. */
export function addMaterials(
  { company, products, quality }: DemoDefinition,
  { own, id, rows, plants }: Ground & { readonly plants: readonly Plant[] },
): Map<string, Material> {
  const materials = new Map<string, Material>();
  const plantOf = new Map(plants.map((plant) => [plant.definition.code, plant]));
  const routings = new Map(products.routings.map((routing) => [routing.code, routing.steps]));
  for (const [position, definition] of products.materials.entries()) {
    const plant = get(plantOf, definition.plant);
    const materialId = id();
    const itemReference = String(position + 1).padStart(
      12 - company.organization.gs1CompanyPrefix.length,
      '0',
    );
    const body = `${company.organization.gs1CompanyPrefix}${itemReference}`;
    rows['material.materials'].push({
      ...own,
      id: materialId,
      plant_id: plant.id,
      code: definition.code,
      name: definition.name,
      kind: definition.kind,
      unit: definition.unit,
      serialised: definition.serialised ?? false,
      allergens: definition.allergens ?? [],
      shelf_life_days: definition.shelfLifeDays ?? null,
      gtin: definition.kind === 'product' ? `0${body}${checkDigit(body)}` : null,
      per_carton: definition.perCarton ?? null,
    });
    const recipe = (definition.recipe ?? []).map((line, place): RecipePart => {
      const component = get(materials, line.component);
      rows['material.compositions'].push({
        ...own,
        parent_id: materialId,
        component_id: component.id,
        quantity: line.quantity,
        unit: component.definition.unit,
        position: place,
      });
      return {
        component,
        quantity: line.quantity,
        operation: line.operation,
        intoSerial: line.intoSerial ?? false,
      };
    });
    const characteristics = quality.characteristics.flatMap((one): Characteristic[] => {
      const nominal = one.nominals[one.materials.indexOf(definition.code)];
      if (nominal === undefined) return [];
      const characteristic = {
        id: id(),
        operation: one.operation,
        nominal,
        lower: one.below === undefined ? null : roundTo(nominal - one.below, one.decimals + 2),
        upper: one.above === undefined ? null : roundTo(nominal + one.above, one.decimals + 2),
        decimals: one.decimals,
        due: one.due,
      };
      rows['quality.characteristics'].push({
        ...own,
        id: characteristic.id,
        plant_id: plant.id,
        material_id: materialId,
        operation_number: one.operation,
        code: one.code,
        name: one.name,
        unit: one.unit,
        nominal,
        lower_limit: characteristic.lower,
        upper_limit: characteristic.upper,
        decimals: one.decimals,
        measurements_due: one.due,
      });
      return [characteristic];
    });
    const steps = definition.routing === undefined ? [] : get(routings, definition.routing);
    materials.set(definition.code, { id: materialId, definition, plant, steps, recipe, characteristics });
  }
  return materials;
}
